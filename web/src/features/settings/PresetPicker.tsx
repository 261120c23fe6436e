import type { ModelInfo, ParameterValues, PresetInfo } from '../../api/types';
import { Field } from '../../components/Field';
import { Segments } from '../../components/Segments';

interface PresetPickerProps {
  presets: readonly PresetInfo[];
  model: ModelInfo | undefined;
  values: ParameterValues;
  onChoose: (values: ParameterValues) => void;
}

const meaningId = 'preset-meaning';

/** Settings that go together, with one click. */
export function PresetPicker({ presets, model, values, onChoose }: PresetPickerProps) {
  const usable = presets.map((preset) => ({ ...preset, values: valuesFor(model, preset.values) }));
  const chosen = usable.find((preset) => Object.entries(preset.values).every(([name, value]) => values[name] === value));
  return (
    <Field label="Preset" meaningId={meaningId} meaning={chosen?.description ?? 'Values of your own. A preset brings known ones back.'}>
      <Segments
        label="Preset"
        value={chosen?.id ?? ''}
        options={usable.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(id) => onChoose(usable.find((preset) => preset.id === id)?.values ?? {})}
        describedBy={meaningId}
      />
    </Field>
  );
}

/** A variant counts only where the model has it. */
function valuesFor(model: ModelInfo | undefined, values: ParameterValues): ParameterValues {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => name !== 'SUPIR_sign' || model?.variants.includes(String(value)) === true),
  );
}
