package dev.fullstate.sample.reporting.intake;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.fullstate.sample.reporting.report.OrderEvent;

/** The members of an order's JSON that the report needs. It ignores all others, also those that an order gets later. */
record OrderPayload(
        @Nullable Customer customer,
        @Nullable List<JsonNode> items,
        @Nullable String status,
        @Nullable BigDecimal totalAmount,
        @Nullable Instant lastUpdated) {

    private static final int INTEGER_DIGITS = 15;
    private static final int FRACTION_DIGITS = 4;

    record Customer(@Nullable String id) {}

    /** @throws UnreadableEventException if a member is missing, or is an impossible amount of money */
    OrderEvent.State stateOf(UUID orderId, long sequence, long entityVersion) {
        return new OrderEvent.State(
                orderId,
                sequence,
                entityVersion,
                present("customer.id", customer == null ? null : customer.id()),
                present("status", status),
                present("items", items).size(),
                money(present("totalAmount", totalAmount)),
                present("lastUpdated", lastUpdated));
    }

    private static <T> T present(String member, @Nullable T value) {
        if (value == null) {
            throw new UnreadableEventException("the value has no " + member);
        }
        return value;
    }

    /** A number of nine characters, 1e9999999, may have more digits than there is memory. */
    private static BigDecimal money(BigDecimal amount) {
        if (amount.scale() > FRACTION_DIGITS || (long) amount.precision() - amount.scale() > INTEGER_DIGITS) {
            throw new UnreadableEventException("totalAmount has more than %d digits before or %d after the point"
                    .formatted(INTEGER_DIGITS, FRACTION_DIGITS));
        }
        return amount;
    }
}
