package dev.fullstate.outbox.envelope;

import java.util.UUID;

import com.github.f4b6a3.uuid.UuidCreator;
import org.jspecify.annotations.Nullable;

/**
 * The id of a change: a name-based UUID (RFC 9562, version 5) that any language can compute again.
 *
 * <p>Namespace {@code 14fde977-f496-5d50-892b-45da7cd319b6} (version 5 of {@code fullstate.dev} in the DNS namespace). Name, in
 * UTF-8, five fields joined by line feeds (U+000A): source, aggregate type, version in decimal (empty where it is not known),
 * {@code delete} or {@code state}, aggregate id. Only the last field may contain a line feed.
 */
final class ChangeId {

    private static final UUID NAMESPACE = UUID.fromString("14fde977-f496-5d50-892b-45da7cd319b6");

    private ChangeId() {}

    static UUID of(String source, String aggregateType, String aggregateId, @Nullable Long version, boolean delete) {
        String name = source
                + '\n'
                + aggregateType
                + '\n'
                + (version == null ? "" : version)
                + '\n'
                + (delete ? "delete" : "state")
                + '\n'
                + aggregateId;
        return UuidCreator.getNameBasedSha1(NAMESPACE, name);
    }
}
