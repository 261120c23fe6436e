import { Star } from 'lucide-react';
import { RadioGroup } from 'radix-ui';
import { useState } from 'react';
import { useFeedback } from '../../api/jobs';
import { messageOf } from '../../api/problem';
import type { Job } from '../../api/types';
import { Button } from '../../components/Button';
import inputs from '../../components/inputs.module.css';
import styles from './FeedbackForm.module.css';

const scores = [1, 2, 3, 4, 5] as const;

/** What someone thinks of a result; kept with it. */
export function FeedbackForm({ job }: { job: Job }) {
  const [score, setScore] = useState(job.feedback?.score ?? 0);
  const [text, setText] = useState(job.feedback?.text ?? '');
  const save = useFeedback(job.id);
  const isSaved = save.isSuccess || (job.feedback !== null && !save.isError);
  const isChanged = score !== (job.feedback?.score ?? 0) || text !== (job.feedback?.text ?? '');

  return (
    <form
      className={styles.form}
      aria-label="Feedback"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ score, text });
      }}
    >
      <RadioGroup.Root
        className={styles.stars}
        aria-label="Score"
        orientation="horizontal"
        value={String(score)}
        onValueChange={(value) => setScore(Number(value))}
      >
        {scores.map((value) => (
          <RadioGroup.Item key={value} value={String(value)} className={styles.star} aria-label={`${value} of 5`}>
            <Star size={24} aria-hidden fill={value <= score ? 'currentColor' : 'none'} data-on={value <= score} />
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      <textarea
        className={inputs.input}
        aria-label="What is good about it, what is not?"
        placeholder="What is good about it, what is not?"
        maxLength={4000}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className={styles.foot}>
        <p role="status" className={styles.state}>
          {save.isError ? messageOf(save.error) : isSaved && !isChanged ? 'Kept with this picture.' : ''}
        </p>
        <Button type="submit" size="small" disabled={score === 0 || !isChanged || save.isPending}>
          Keep feedback
        </Button>
      </div>
    </form>
  );
}
