package dev.fullstate.outbox.relay.failure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Writes what logs and the health say as people write it. */
public final class Wording {

    private static final Pattern END = Pattern.compile("[\\s.]+$");
    private static final List<ChronoUnit> UNITS =
            List.of(ChronoUnit.DAYS, ChronoUnit.HOURS, ChronoUnit.MINUTES, ChronoUnit.SECONDS);
    /** Of these, a fraction is of interest. */
    private static final Duration SHORT = Duration.ofSeconds(10);

    private Wording() {}

    /** Returns a message, which may come from a server or a driver, as a sentence that has ended, and the remedy after it. */
    public static String withRemedy(String message, String remedy) {
        return sentence(message) + " Remedy: " + remedy;
    }

    /** Returns a message with one full stop at its end. */
    public static String sentence(String message) {
        return END.matcher(message).replaceFirst("") + ".";
    }

    /** Returns a duration in its one or two largest units, such as {@code 500 ms}, {@code 30 s} or {@code 2 min 5 s}. */
    public static String of(Duration duration) {
        if (duration.compareTo(SHORT) < 0 && duration.toMillisPart() != 0) {
            return duration.toMillis() + " ms";
        }
        Duration rest = duration.truncatedTo(ChronoUnit.SECONDS);
        StringBuilder text = new StringBuilder();
        int unitCount = 0;
        for (ChronoUnit unit : UNITS) {
            long amount = rest.dividedBy(unit.getDuration());
            if (unitCount < 2 && (amount > 0 || unitCount > 0)) {
                unitCount++;
                text.append(amount > 0 ? " " + amount + " " + symbol(unit) : "");
            }
            rest = rest.minus(unit.getDuration().multipliedBy(amount));
        }
        return text.isEmpty() ? "0 s" : text.substring(1);
    }

    private static String symbol(ChronoUnit unit) {
        return unit == ChronoUnit.MINUTES ? "min" : unit.name().substring(0, 1).toLowerCase(Locale.ROOT);
    }
}
