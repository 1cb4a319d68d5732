package dev.fullstate.outbox.jobs;

import java.util.List;
import java.util.UUID;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the callers' actions on jobs, one line each, under a name of its own so that it can go elsewhere than other lines. */
final class AuditLog {

    /** The logger's name. */
    static final String NAME = "dev.fullstate.outbox.audit";

    private static final Logger log = LoggerFactory.getLogger(NAME);
    private static final int LONGEST = 200;

    private AuditLog() {}

    /** @param actor as {@link #printable} made it */
    static void started(JobKind kind, UUID job, List<String> types, String actor) {
        log.info("{} {}: {} of {} by \"{}\"", kind.label(), job, Action.START, types, actor);
    }

    /** @param actor as {@link #printable} made it */
    static void changed(JobKind kind, UUID job, Action action, String actor) {
        log.info("{} {}: {} by \"{}\"", kind.label(), job, action, actor);
    }

    /**
     * Makes a name one that can be kept and logged: of one line, not endless, without quotes and without characters that steer a
     * terminal, or turn what is around them. The application's authentication alone decides what a caller's name contains.
     */
    static String printable(String name) {
        if (name.isBlank()) {
            return "unnamed";
        }
        StringBuilder printable = new StringBuilder();
        name.codePoints().limit(LONGEST).forEach(each -> printable.appendCodePoint(isHarmless(each) ? each : '?'));
        return printable.toString();
    }

    private static boolean isHarmless(int codePoint) {
        return codePoint != '"'
                && switch (Character.getType(codePoint)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED -> false;
                    default -> true;
                };
    }
}
