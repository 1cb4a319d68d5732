package dev.fullstate.outbox.relay.command;

import java.util.Arrays;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import dev.fullstate.outbox.relay.RelayApplication;

/** Starts the executable jar: as a relay or, if the first argument is the name of a command, for that command only. */
public final class RelayMain {

    private RelayMain() {}

    public static void main(String... args) {
        String first = args.length == 0 || args[0].startsWith("--") ? null : args[0];
        if (first == null) {
            RelayApplication.main(args);
        } else {
            System.exit(run(first, Arrays.copyOfRange(args, 1, args.length)));
        }
    }

    private static int run(String name, String... options) {
        Verb verb = Verb.of(name);
        if (verb == null) {
            System.err.println("'" + name + "' is not a command; there are " + Verb.names()
                    + ". Without a command, with options only, the relay runs.");
            return ExitCode.WRONG_CALL;
        }
        return CommandLine.run(verb, System.out, options);
    }

    /** The exit codes of commands. */
    static final class ExitCode {

        /** All is well, or done. */
        static final int OK = 0;
        /** Something keeps the relay from working, or is not done in time. */
        static final int NOT_OK = 1;
        /** The call cannot be understood. */
        static final int WRONG_CALL = 2;

        private ExitCode() {}
    }

    /** The commands. */
    enum Verb {
        CHECK,
        STATUS,
        DRAIN,
        PAUSE,
        RESUME,
        ACCEPT;

        static @Nullable Verb of(String name) {
            return Arrays.stream(values())
                    .filter(verb -> verb.toString().equals(name))
                    .findFirst()
                    .orElse(null);
        }

        static String names() {
            return String.join(", ", Arrays.stream(values()).map(Verb::toString).toList());
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
