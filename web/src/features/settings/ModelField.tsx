import { useId } from 'react';
import { useDevices, useModels } from '../../api/queries';
import type { ModelInfo, ParameterInfo, ParameterValue } from '../../api/types';
import { Field } from '../../components/Field';
import inputs from '../../components/inputs.module.css';
import { Notice } from '../../components/Notice';
import { Segments } from '../../components/Segments';
import { useSettings } from './SettingsContext';

interface ModelFieldProps {
  model: ModelInfo | undefined;
  variant: ParameterInfo | undefined;
  variantValue: ParameterValue;
}

const variantLabels: Record<string, string> = { Q: 'Q · general', F: 'F · light damage' };

/** Model, its variant, and the device: each only where there is a choice. */
export function ModelField({ model, variant, variantValue }: ModelFieldProps) {
  const modelId = useId();
  const deviceId = useId();
  const { settings, change, setValue } = useSettings();
  const { data: models = [] } = useModels();
  const { data: devices = [] } = useDevices();
  const device = devices.find(({ id, isDefault }) => (settings.device === null ? isDefault : id === settings.device));

  return (
    <>
      <Field label="Model" htmlFor={modelId}>
        <select
          id={modelId}
          className={inputs.input}
          value={model?.id ?? ''}
          onChange={(event) => change({ model: event.target.value })}
        >
          {models.map(({ id, name, ready }) => (
            <option key={id} value={id}>
              {name}
              {ready ? '' : ' (files missing)'}
            </option>
          ))}
        </select>
      </Field>
      {model !== undefined && !model.ready && (
        <Notice kind="error" title={`${model.name} cannot be used yet`}>
          <p>{model.missing}</p>
        </Notice>
      )}
      {model !== undefined && model.ready && model.notice !== null && (
        <Notice>
          <p>{model.notice}</p>
        </Notice>
      )}
      {variant !== undefined && (model?.variants.length ?? 0) > 1 && (
        <Field label={variant.label} meaning={variant.meaning}>
          <Segments
            label={variant.label}
            value={String(variantValue)}
            options={(model?.variants ?? []).map((sign) => ({ value: sign, label: variantLabels[sign] ?? sign }))}
            onChange={(sign) => setValue(variant.name, sign)}
          />
        </Field>
      )}
      {devices.length > 1 && (
        <Field label="Device" htmlFor={deviceId}>
          <select
            id={deviceId}
            className={inputs.input}
            value={device?.id ?? ''}
            onChange={(event) => change({ device: event.target.value })}
          >
            {devices.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </Field>
      )}
    </>
  );
}
