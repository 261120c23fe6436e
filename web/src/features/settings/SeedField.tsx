import { Dices } from 'lucide-react';
import { useId } from 'react';
import type { ParameterInfo, ParameterValue } from '../../api/types';
import { Field } from '../../components/Field';
import { IconButton } from '../../components/IconButton';
import inputs from '../../components/inputs.module.css';
import { NumberField } from './NumberField';
import styles from './SeedField.module.css';

interface SeedFieldProps {
  parameter: ParameterInfo;
  value: ParameterValue;
  onChange: (value: number) => void;
}

const largestDrawnSeed = 2 ** 31;

export function SeedField({ parameter, value, onChange }: SeedFieldProps) {
  const id = useId();
  return (
    <Field label={parameter.label} htmlFor={id} meaning={parameter.meaning}>
      <div className={styles.seed}>
        <NumberField
          id={id}
          value={typeof value === 'number' ? value : null}
          min={parameter.min}
          max={parameter.max}
          step={1}
          onChange={onChange}
        />
        <IconButton
          className={[inputs.input, styles.dice].join(' ')}
          icon={Dices}
          label="Draw a seed"
          onClick={() => onChange(Math.floor(Math.random() * largestDrawnSeed))}
        />
      </div>
    </Field>
  );
}
