import { ChevronDown } from 'lucide-react';
import { Collapsible } from 'radix-ui';
import type { ParameterInfo } from '../../api/types';
import { ParameterField } from './ParameterField';
import { useSettings } from './SettingsContext';
import styles from './AdvancedPanel.module.css';

interface AdvancedPanelProps {
  parameters: readonly ParameterInfo[];
}

/** Every parameter that has no place of its own, in the groups that the program gives. */
export function AdvancedPanel({ parameters }: AdvancedPanelProps) {
  const { settings, setValue } = useSettings();
  const groups = Map.groupBy(parameters, (parameter) => parameter.group);
  const changed = parameters.filter(({ name, default: own }) => settings.values[name] !== undefined && settings.values[name] !== own);
  return (
    <Collapsible.Root className={styles.panel}>
      <Collapsible.Trigger className={styles.trigger}>
        All parameters
        {changed.length > 0 && <span className={styles.count}>{changed.length} changed</span>}
        <ChevronDown size={18} aria-hidden className={styles.chevron} />
      </Collapsible.Trigger>
      <Collapsible.Content className={styles.content}>
        {[...groups].map(([group, members]) => (
          <section key={group} className={styles.group} aria-label={group}>
            <h3 className={styles.title}>{group}</h3>
            {members.map((parameter) => (
              <ParameterField
                key={parameter.name}
                parameter={parameter}
                chosen={settings.values[parameter.name]}
                onChange={(value) => setValue(parameter.name, value)}
              />
            ))}
          </section>
        ))}
      </Collapsible.Content>
    </Collapsible.Root>
  );
}
