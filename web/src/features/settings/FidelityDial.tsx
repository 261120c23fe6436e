import type { ParameterValues } from '../../api/types';
import { Slider } from '../../components/Slider';
import { positionOf, valuesAt } from './fidelityLine';
import styles from './FidelityDial.module.css';

interface FidelityDialProps {
  line: readonly ParameterValues[];
  values: ParameterValues;
  onTurn: (values: ParameterValues) => void;
}

/** One dial for the values that SUPIR's author moves together between fidelity and quality. */
export function FidelityDial({ line, values, onTurn }: FidelityDialProps) {
  const last = line.length - 1;
  const position = positionOf(line, values);
  return (
    <div className={styles.dial}>
      <div className={styles.ends} aria-hidden>
        <span>Fidelity</span>
        <span>Quality</span>
      </div>
      <Slider
        label="Fidelity to quality"
        value={position ?? 0}
        min={0}
        max={last}
        step={0.1}
        marks={line.map((_, index) => index)}
        isFilled={false}
        onChange={(next) => onTurn(valuesAt(line, next))}
        valueText={position === null ? 'not on the line' : `${Math.round((position / last) * 100)} % towards quality`}
        describedBy="dial-meaning"
      />
      <p className={styles.meaning} id="dial-meaning">
        {position === null
          ? 'The values in use lie beside this line. Move the dial to come back to it.'
          : `Text guidance ${text(values.spt_linear_CFG)} → ${text(values.s_cfg)}, noise factor ${text(values.s_noise)}. Left keeps what is there; right paints more detail.`}
      </p>
    </div>
  );
}

function text(value: ParameterValues[string] | undefined): string {
  return typeof value === 'number' ? String(Number(value.toFixed(3))) : '';
}
