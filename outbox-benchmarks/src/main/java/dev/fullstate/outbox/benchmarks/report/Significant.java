package dev.fullstate.outbox.benchmarks.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Rounds numbers to as many digits as a measurement is worth: four in the file, three where people read. */
final class Significant {

    private static final MathContext STORED = new MathContext(4, RoundingMode.HALF_UP);
    private static final MathContext SHOWN = new MathContext(3, RoundingMode.HALF_UP);

    private Significant() {}

    static BigDecimal round(double value) {
        return BigDecimal.valueOf(value).round(STORED).stripTrailingZeros();
    }

    /** {@return three significant digits, with commas between thousands} */
    static String text(double value) {
        if (value == 0) {
            return "0";
        }
        BigDecimal shown = BigDecimal.valueOf(value).round(SHOWN);
        int decimals = Math.max(0, SHOWN.getPrecision() - shown.precision() + shown.scale());
        return String.format(Locale.ROOT, "%,." + decimals + "f", shown);
    }

    /** {@return the number without needless zeros, with commas between thousands} */
    static String plain(double value) {
        int decimals = Math.max(0, round(value).scale());
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    /** {@return a share in whole per cent, or in tenths below ten} */
    static String percent(double share) {
        double percent = share * 100;
        return String.format(Locale.ROOT, Math.abs(percent) < 10 ? "%.1f %%" : "%,.0f %%", percent);
    }
}
