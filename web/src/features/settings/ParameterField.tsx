import { RotateCcw } from 'lucide-react';
import { useId } from 'react';
import type { ParameterInfo, ParameterValue } from '../../api/types';
import { Field } from '../../components/Field';
import { IconButton } from '../../components/IconButton';
import { isSegmented } from './controlKind';
import { ParameterControl } from './ParameterControl';
import styles from './ParameterField.module.css';

interface ParameterFieldProps {
  parameter: ParameterInfo;
  /** The chosen value; undefined where the model's own counts. */
  chosen: ParameterValue | undefined;
  onChange: (value: ParameterValue | undefined) => void;
}

/** One parameter: its name here and on the command line, its meaning, and a way back to the model's own value. */
export function ParameterField({ parameter, chosen, onChange }: ParameterFieldProps) {
  const id = useId();
  const isChanged = chosen !== undefined && chosen !== parameter.default;
  const control = (
    <ParameterControl
      id={id}
      parameter={parameter}
      value={chosen ?? parameter.default}
      onChange={onChange}
      describedBy={`${id}-meaning`}
    />
  );
  const reset = isChanged && (
    <IconButton
      className={styles.reset}
      icon={RotateCcw}
      label={`Reset ${parameter.label}`}
      hint={`Back to the model's own: ${String(parameter.default ?? 'none')}`}
      onClick={() => onChange(undefined)}
    />
  );
  const isSwitch = parameter.type === 'boolean';
  return (
    <Field
      label={parameter.label}
      name={parameter.name}
      meaning={parameter.meaning}
      meaningId={`${id}-meaning`}
      aside={
        <span className={styles.aside}>
          {reset}
          {isSwitch && control}
        </span>
      }
      {...(isSegmented(parameter) ? {} : { htmlFor: id })}
    >
      {!isSwitch && control}
    </Field>
  );
}
