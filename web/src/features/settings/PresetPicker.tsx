import { RadioGroup } from 'radix-ui';
import type { ModelInfo, ParameterValues, PresetInfo } from '../../api/types';
import styles from './PresetPicker.module.css';

interface PresetPickerProps {
  presets: readonly PresetInfo[];
  model: ModelInfo | undefined;
  values: ParameterValues;
  onChoose: (values: ParameterValues) => void;
}

/** Settings that go together, with one click. */
export function PresetPicker({ presets, model, values, onChoose }: PresetPickerProps) {
  const usable = presets.map((preset) => ({ ...preset, values: valuesFor(model, preset.values) }));
  const chosen = usable.find((preset) => Object.entries(preset.values).every(([name, value]) => values[name] === value));
  return (
    <RadioGroup.Root
      className={styles.presets}
      aria-label="Preset"
      value={chosen?.id ?? ''}
      onValueChange={(id) => onChoose(usable.find((preset) => preset.id === id)?.values ?? {})}
    >
      {usable.map((preset) => (
        <RadioGroup.Item key={preset.id} value={preset.id} className={styles.preset} aria-describedby={`preset-${preset.id}`}>
          <span className={styles.name}>{preset.name}</span>
          <span className={styles.description} id={`preset-${preset.id}`}>
            {preset.description}
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}

/** A variant counts only where the model has it. */
function valuesFor(model: ModelInfo | undefined, values: ParameterValues): ParameterValues {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => name !== 'SUPIR_sign' || model?.variants.includes(String(value)) === true),
  );
}
