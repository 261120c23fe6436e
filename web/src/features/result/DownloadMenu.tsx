import { useMutation } from '@tanstack/react-query';
import { ChevronDown, Download } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { getPicture, pathOf, type ResultFormat } from '../../api/calls';
import { messageOf } from '../../api/problem';
import type { Job } from '../../api/types';
import { Button } from '../../components/Button';
import { useToast } from '../../components/Toasts';
import { fileNameOf } from './fileName';
import { saveBlob } from './saveBlob';
import styles from './DownloadMenu.module.css';

const formats: readonly { format: ResultFormat; label: string; hint: string }[] = [
  { format: 'png', label: 'PNG', hint: 'every pixel kept' },
  { format: 'jpeg', label: 'JPEG', hint: 'small, opens everywhere' },
  { format: 'webp', label: 'WebP', hint: 'smallest, for the web' },
];

export function DownloadMenu({ job, sample }: { job: Job; sample: number }) {
  const { tell } = useToast();
  const download = useMutation({
    mutationFn: async (format: ResultFormat) =>
      saveBlob(await getPicture(pathOf.result(job.id, sample, format)), fileNameOf(job.name, job.samples, sample, format)),
    onError: (error) => tell(messageOf(error)),
  });
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button look="primary" disabled={download.isPending}>
          <Download size={17} aria-hidden /> {download.isPending ? 'Preparing…' : 'Download'} <ChevronDown size={15} aria-hidden />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className={styles.menu} align="end" sideOffset={6}>
          {formats.map(({ format, label, hint }) => (
            <DropdownMenu.Item key={format} className={styles.item} onSelect={() => download.mutate(format)}>
              <span className={styles.format}>{label}</span>
              <span className={styles.hint}>{hint}</span>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
