package dev.fullstate.outbox.relay.failure;

import java.util.List;

/**
 * What was found out about one requirement of a relay.
 *
 * @param subject the requirement, in a few words
 * @param message what was found
 * @param remedy where possible a statement or a property to paste; empty if nothing has to be done
 */
public record Diagnosis(Level level, String subject, String message, String remedy) {

    /** Whether a relay can work. */
    public enum Level {
        /** It can. */
        OK,
        /** It can, but something may surprise. */
        WARNING,
        /** It cannot. */
        ERROR
    }

    public static Diagnosis ok(String subject, String message) {
        return new Diagnosis(Level.OK, subject, message, "");
    }

    public static Diagnosis warning(String subject, String message, String remedy) {
        return new Diagnosis(Level.WARNING, subject, message, remedy);
    }

    /** {@return whether anything keeps a relay from working} */
    public static boolean isAnyError(List<Diagnosis> found) {
        return found.stream().anyMatch(each -> each.level() == Level.ERROR);
    }

    /** Reports what keeps a relay from working. */
    public static Diagnosis error(String subject, RelayException failure) {
        return new Diagnosis(Level.ERROR, subject, String.valueOf(failure.getMessage()), failure.remedy());
    }
}
