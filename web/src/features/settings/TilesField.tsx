import { useId } from 'react';
import type { ModelInfo, ParameterInfo } from '../../api/types';
import { Field } from '../../components/Field';
import { Switch } from '../../components/Switch';
import { useSettings } from './SettingsContext';
import { otherSampler } from './tiledSampler';

interface TilesFieldProps {
  model: ModelInfo;
  sampler: ParameterInfo;
  isTiled: boolean;
}

/** Work in tiles or in one: the same sampler, each way. Not there for a sampler that can do but one of the two. */
export function TilesField({ model, sampler, isTiled }: TilesFieldProps) {
  const id = useId();
  const { settings, setValue, unset } = useSettings();
  const chosen = settings.values.sampler;
  const other = otherSampler(typeof chosen === 'string' ? chosen : model.sampler, !isTiled, sampler.choices ?? []);
  if (other === null) {
    return null;
  }
  const toggle = () => {
    setValue('sampler', other === model.sampler ? undefined : other);
    if (isTiled) {
      unset(['tile_size', 'tile_stride']);
    }
  };
  return (
    <Field
      label="In tiles"
      htmlFor={id}
      meaningId={`${id}-meaning`}
      meaning="For large results: overlapping tiles, each with a caption of its own if you like."
      aside={<Switch id={id} isOn={isTiled} onChange={toggle} describedBy={`${id}-meaning`} />}
    >
      {null}
    </Field>
  );
}
