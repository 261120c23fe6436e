import { RotateCcw } from 'lucide-react';
import { usePresets } from '../../api/queries';
import type { ParameterInfo } from '../../api/types';
import { Button } from '../../components/Button';
import { Field } from '../../components/Field';
import { Segments } from '../../components/Segments';
import { AdvancedPanel } from './AdvancedPanel';
import { FidelityDial } from './FidelityDial';
import { ModelField } from './ModelField';
import { ParameterField } from './ParameterField';
import { presetsBesideTheLine, valuesFor } from './presetChoice';
import { PresetPicker } from './PresetPicker';
import { SeedField } from './SeedField';
import { useSettings } from './SettingsContext';
import { TilesField } from './TilesField';
import { useEffectiveValues } from './useEffectiveValues';
import styles from './SettingsPanel.module.css';

/** Parameters with a place of their own: above the others, or beside the picture that they belong to. */
const placed = new Set(['upscale', 'SUPIR_sign', 'num_samples', 'seed', 'edm_steps', 'caption', 'tile_captions', 'gamma', 'device']);

/** The preset that names no values of its own but the model's. */
const ownPreset = 'model';

/** Without a factor the picture becomes as large as the model needs it. */
const noFactor = 'auto';
const upscales = [{ value: noFactor, label: 'Auto' }, ...['1', '2', '3', '4'].map((factor) => ({ value: factor, label: `${factor}×` }))];

/** How the next pictures are restored. */
export function SettingsPanel() {
  const { settings, setValue, setValues, unset, reset } = useSettings();
  const { model, parameters, values, isTiled } = useEffectiveValues();
  const { data: presets } = usePresets(settings.model);
  const named = (name: string): ParameterInfo | undefined => parameters.find((parameter) => parameter.name === name);
  const upscale = named('upscale');
  const samples = named('num_samples');
  const steps = named('edm_steps');
  const seed = named('seed');
  const sampler = named('sampler');

  return (
    <section className={styles.panel} aria-label="Settings">
      <header className={styles.head}>
        <h2 className={styles.title}>How to restore</h2>
        <Button look="quiet" size="small" onClick={reset} disabled={Object.keys(settings.values).length === 0 && settings.model === null}>
          <RotateCcw size={15} aria-hidden /> Reset
        </Button>
      </header>
      {presets !== undefined && (
        <>
          <PresetPicker
            presets={presetsBesideTheLine(presets.presets, presets.dial).map((preset) => ({ ...preset, values: valuesFor(model, preset.values) }))}
            values={values}
            onChoose={({ id, values: wanted }) => (id === ownPreset ? unset(Object.keys(wanted)) : setValues(wanted))}
          />
          <FidelityDial line={presets.dial} values={values} onTurn={setValues} />
        </>
      )}
      {upscale !== undefined && (
        <Field label="Enlarge" meaningId="enlarge-meaning" meaning="Auto enlarges small pictures as far as the model needs it.">
          <Segments
            label="Enlarge"
            value={String(values.upscale ?? noFactor)}
            options={upscales}
            onChange={(factor) => setValue('upscale', factor === noFactor ? undefined : Number(factor))}
            describedBy="enlarge-meaning"
          />
        </Field>
      )}
      {steps !== undefined && (
        <ParameterField parameter={steps} chosen={settings.values.edm_steps} onChange={(value) => setValue('edm_steps', value)} />
      )}
      {samples !== undefined && (
        <Field label={samples.label} meaning={samples.meaning}>
          <Segments
            label={samples.label}
            value={String(values.num_samples)}
            options={['1', '2', '3', '4'].map((count) => ({ value: count, label: count }))}
            onChange={(count) => setValue('num_samples', Number(count))}
          />
        </Field>
      )}
      {seed !== undefined && <SeedField parameter={seed} value={values.seed ?? null} onChange={(value) => setValue('seed', value)} />}
      {model !== undefined && sampler !== undefined && <TilesField model={model} sampler={sampler} isTiled={isTiled} />}
      <ModelField model={model} variant={named('SUPIR_sign')} variantValue={values.SUPIR_sign ?? null} />
      <AdvancedPanel parameters={parameters.filter(({ name }) => !placed.has(name))} />
    </section>
  );
}
