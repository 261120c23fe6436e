import { useMutation } from '@tanstack/react-query';
import { Sparkles } from 'lucide-react';
import { useId } from 'react';
import { postCaption } from '../../api/calls';
import { messageOf } from '../../api/problem';
import { useCaptioner } from '../../api/queries';
import { Button } from '../../components/Button';
import { Field } from '../../components/Field';
import inputs from '../../components/inputs.module.css';
import { toParameters } from '../settings/settingsStore';
import { useSettings } from '../settings/SettingsContext';
import { useDesk } from './DeskContext';
import type { Entry } from './entries';

/** What the picture shows: written, out of a text file beside it, or by the captioner. */
export function CaptionField({ entry }: { entry: Entry }) {
  const id = useId();
  const { change } = useDesk();
  const { settings } = useSettings();
  const { data: captioner } = useCaptioner();
  const ask = useMutation({
    mutationFn: () => postCaption(entry.file ?? new Blob(), entry.name, toParameters(settings)),
    onSuccess: (caption) => change(entry.id, { caption }),
  });

  return (
    <Field
      label="What does it show?"
      htmlFor={id}
      meaningId={`${id}-meaning`}
      meaning={
        ask.isError ? (
          <span role="alert">{messageOf(ask.error)}</span>
        ) : (
          <>Optional: a sentence or two help. A text file of the same name, dropped along, is taken as well.</>
        )
      }
      aside={
        captioner?.available === true && (
          <Button look="quiet" size="small" onClick={() => ask.mutate()} disabled={ask.isPending} title={captioner.name ?? undefined}>
            <Sparkles size={15} aria-hidden /> {ask.isPending ? 'Looking…' : 'Describe it for me'}
          </Button>
        )
      }
    >
      <textarea
        id={id}
        className={inputs.input}
        rows={2}
        value={entry.caption}
        placeholder="Two children on a beach, a dog beside them, around 1960."
        aria-describedby={`${id}-meaning`}
        onChange={(event) => change(entry.id, { caption: event.target.value })}
      />
    </Field>
  );
}
