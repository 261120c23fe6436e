import { Repeat, SlidersHorizontal } from 'lucide-react';
import type { Job } from '../../api/types';
import { Button } from '../../components/Button';
import { useReuse } from './useReuse';

export function ReuseButtons({ job }: { job: Job }) {
  const { takeSettings, again } = useReuse(job);
  return (
    <>
      <Button size="small" onClick={takeSettings}>
        <SlidersHorizontal size={15} aria-hidden /> Use these settings again
      </Button>
      <Button size="small" onClick={() => again.mutate()} disabled={again.isPending}>
        <Repeat size={15} aria-hidden /> Restore it anew
      </Button>
    </>
  );
}
