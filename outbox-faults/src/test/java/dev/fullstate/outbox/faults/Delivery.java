package dev.fullstate.outbox.faults;

import java.util.Locale;

import dev.fullstate.outbox.faults.oracle.Verdict;

/** The promise to consumers. */
enum Delivery {
    EXACTLY_ONCE {
        @Override
        void require(Verdict verdict, String context) {
            verdict.requireExactlyOnce(context);
        }
    },
    AT_LEAST_ONCE {
        @Override
        void require(Verdict verdict, String context) {
            verdict.requireAtLeastOnce(context);
        }
    };

    /** Returns the relay's name of it. */
    static final String PROPERTY = "outbox.relay.delivery";

    /** @throws AssertionError unless the promise is kept */
    abstract void require(Verdict verdict, String context);

    String value() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
