package dev.fullstate.outbox.benchmarks.report;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Places values in the chart.
 *
 * @param left        place of {@code from}
 * @param right       place of {@code to}
 * @param logarithmic whether equal distances are equal ratios
 */
record Scale(double left, double right, double from, double to, boolean logarithmic) {

    private static final double SMALLEST = 0.001;
    private static final double[] STEPS = {1, 2, 2.5, 5, 10};
    private static final int TICKS = 5;

    /** {@return a scale from 0 to the next round number} */
    static Scale linear(double left, double right, double max) {
        double step = step(max);
        return new Scale(left, right, 0, Math.ceil(max / step) * step, false);
    }

    /** {@return a scale from power of ten to power of ten} */
    static Scale logarithmic(double left, double right, double min, double max) {
        double first = Math.floor(Math.log10(Math.max(min, SMALLEST)));
        double last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(max, SMALLEST))));
        return new Scale(left, right, Math.pow(10, first), Math.pow(10, last), true);
    }

    double place(double value) {
        double share = logarithmic ? Math.log10(Math.max(value, from) / from) / Math.log10(to / from) : value / to;
        return left + share * (right - left);
    }

    /** {@return the values at which the grid has a line} */
    double[] ticks() {
        if (logarithmic) {
            int powers = (int) Math.round(Math.log10(to / from));
            return IntStream.rangeClosed(0, powers)
                    .mapToDouble(power -> from * Math.pow(10, power))
                    .toArray();
        }
        double step = step(to);
        return IntStream.rangeClosed(0, (int) Math.round(to / step))
                .mapToDouble(tick -> tick * step)
                .toArray();
    }

    private static double step(double max) {
        double raw = Math.max(max, SMALLEST) / TICKS;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        return DoubleStream.of(STEPS)
                .map(step -> step * power)
                .filter(step -> step >= raw)
                .findFirst()
                .orElse(10 * power);
    }
}
