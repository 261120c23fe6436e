import type { ParameterInfo, ParameterValue } from '../../api/types';
import inputs from '../../components/inputs.module.css';
import { Segments } from '../../components/Segments';
import { Slider } from '../../components/Slider';
import { Switch } from '../../components/Switch';
import { isSegmented } from './controlKind';
import { NumberField } from './NumberField';
import styles from './ParameterControl.module.css';

interface ParameterControlProps {
  id: string;
  parameter: ParameterInfo;
  value: ParameterValue;
  onChange: (value: ParameterValue) => void;
  describedBy?: string;
}

/** More steps than this cannot be told apart on a slider. */
const mostSliderSteps = 400;

/** The control that fits a parameter's type. */
export function ParameterControl({ id, parameter, value, onChange, describedBy }: ParameterControlProps) {
  const { type, min, max, step, choices, label } = parameter;
  if (type === 'boolean') {
    return <Switch id={id} isOn={value === true} onChange={onChange} describedBy={describedBy} />;
  }
  if (type === 'choice' && choices !== null && !isSegmented(parameter)) {
    return (
      <select
        id={id}
        className={inputs.input}
        value={String(value ?? '')}
        aria-describedby={describedBy}
        onChange={(event) => onChange(event.target.value)}
      >
        {value === null && <option value="">as the model has it</option>}
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    );
  }
  if (type === 'choice' && choices !== null) {
    return (
      <Segments
        label={label}
        value={String(value ?? '')}
        options={choices.map((choice) => ({ value: choice, label: choice }))}
        onChange={onChange}
        describedBy={describedBy}
      />
    );
  }
  if (type === 'number' || type === 'integer') {
    const number = typeof value === 'number' ? value : null;
    const hasSlider = min !== null && max !== null && step !== null && (max - min) / step <= mostSliderSteps;
    return (
      <div className={styles.number}>
        {hasSlider && (
          <div className={styles.slider}>
            <Slider label={label} value={number ?? min} min={min} max={max} step={step} onChange={onChange} describedBy={describedBy} />
          </div>
        )}
        <NumberField id={id} value={number} min={min} max={max} step={type === 'integer' ? 1 : null} onChange={onChange} />
      </div>
    );
  }
  return (
    <textarea
      id={id}
      className={inputs.input}
      value={String(value ?? '')}
      aria-describedby={describedBy}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
