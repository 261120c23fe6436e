import { useMutation } from '@tanstack/react-query';
import { getPicture, pathOf } from '../../api/calls';
import { messageOf } from '../../api/problem';
import type { Job } from '../../api/types';
import { useToast } from '../../components/Toasts';
import { useDesk } from '../desk/DeskContext';
import { fromJob } from '../settings/settingsStore';
import { useSettings } from '../settings/SettingsContext';
import { goTo } from '../shell/route';

/** Takes a job's settings over, alone or with its picture. */
export function useReuse(job: Job) {
  const { change } = useSettings();
  const { addFiles } = useDesk();
  const { tell } = useToast();

  const takeSettings = () => {
    change(fromJob(job.parameters, job.used));
    tell('These settings count for the next picture.');
  };

  const again = useMutation({
    mutationFn: () => getPicture(pathOf.input(job.id)),
    onSuccess: async (picture) => {
      change(fromJob(job.parameters, job.used));
      const files = [new File([picture], job.name, { type: picture.type })];
      if (job.caption !== '') {
        files.push(new File([job.caption], `${job.name.replace(/\.[^.]*$/, '')}.txt`));
      }
      await addFiles(files);
      goTo({ page: 'desk' });
    },
    onError: (error) => tell(messageOf(error)),
  });

  return { takeSettings, again };
}
