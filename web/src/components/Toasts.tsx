import { X } from 'lucide-react';
import { Toast } from 'radix-ui';
import { createContext, use, useMemo, useState, type ReactNode } from 'react';
import styles from './Toasts.module.css';

interface Message {
  id: number;
  text: string;
}

const Context = createContext<{ tell: (text: string) => void } | null>(null);

/** Short messages that come and go; screen readers say them too. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const access = useMemo(
    () => ({ tell: (text: string) => setMessages((current) => [...current, { id: (current.at(-1)?.id ?? 0) + 1, text }]) }),
    [],
  );
  return (
    <Context value={access}>
      <Toast.Provider label="Message" duration={6000} swipeDirection="down">
        {children}
        {messages.map(({ id, text }) => (
          <Toast.Root
            key={id}
            className={styles.toast}
            onOpenChange={(isOpen) => {
              if (!isOpen) {
                setMessages((current) => current.filter((message) => message.id !== id));
              }
            }}
          >
            <Toast.Description>{text}</Toast.Description>
            <Toast.Close className={styles.close} aria-label="Dismiss">
              <X size={16} aria-hidden />
            </Toast.Close>
          </Toast.Root>
        ))}
        <Toast.Viewport className={styles.viewport} />
      </Toast.Provider>
    </Context>
  );
}

export function useToast(): { tell: (text: string) => void } {
  const access = use(Context);
  if (access === null) {
    throw new Error('useToast is used outside of ToastProvider.');
  }
  return access;
}
