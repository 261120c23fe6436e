import type { ParameterValues, PresetInfo } from '../../api/types';
import { Chips } from '../../components/Chips';
import { Field } from '../../components/Field';
import { contains } from './presetChoice';

interface PresetPickerProps {
  presets: readonly PresetInfo[];
  /** All values that count now. */
  values: ParameterValues;
  onChoose: (preset: PresetInfo) => void;
}

const meaningId = 'preset-meaning';

/** Settings that go together, with one click. */
export function PresetPicker({ presets, values, onChoose }: PresetPickerProps) {
  const chosen = presets.find((preset) => contains(values, preset.values));
  return (
    <Field label="Preset" meaningId={meaningId} meaning={chosen?.description ?? 'Values of your own. A preset brings known ones back.'}>
      <Chips
        label="Preset"
        value={chosen?.id ?? ''}
        options={presets.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(id) => {
          const preset = presets.find((candidate) => candidate.id === id);
          if (preset !== undefined) {
            onChoose(preset);
          }
        }}
        describedBy={meaningId}
      />
    </Field>
  );
}
