package dev.fullstate.outbox.faults;

import java.util.Locale;

import dev.fullstate.outbox.faults.oracle.Verdict;

/** What consumers are promised. */
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

    /** The relay's. */
    static final String PROPERTY = "outbox.relay.delivery";

    /** @throws AssertionError unless the promise is kept */
    abstract void require(Verdict verdict, String context);

    String value() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
