import { useMutation } from '@tanstack/react-query';
import bee from '../../../../samples/bee.jpg';
import dogs from '../../../../samples/dogs.jpg';
import people from '../../../../samples/people-machine.jpg';
import { messageOf } from '../../api/problem';
import { useToast } from '../../components/Toasts';
import { useDesk } from './DeskContext';
import styles from './Samples.module.css';

const samples = [
  { src: people, name: 'people-machine.jpg', alt: 'People at a machine' },
  { src: dogs, name: 'dogs.jpg', alt: 'Dogs' },
  { src: bee, name: 'bee.jpg', alt: 'A bee on a flower' },
] as const;

/** Pictures to try for whoever has none at hand. */
export function Samples() {
  const { addFiles } = useDesk();
  const { tell } = useToast();
  const take = useMutation({
    mutationFn: async ({ src, name }: { src: string; name: string }) => {
      const picture = await (await fetch(src)).blob();
      await addFiles([new File([picture], name, { type: 'image/jpeg' })]);
    },
    onError: (error) => tell(messageOf(error)),
  });
  return (
    <div className={styles.samples}>
      <span className={styles.words}>None at hand? Try one of these:</span>
      {samples.map(({ src, name, alt }) => (
        <button key={name} type="button" className={styles.sample} aria-label={`Try: ${alt}`} onClick={() => take.mutate({ src, name })}>
          <img className={styles.picture} src={src} alt="" />
        </button>
      ))}
    </div>
  );
}
