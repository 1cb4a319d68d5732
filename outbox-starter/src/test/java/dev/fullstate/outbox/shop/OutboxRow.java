package dev.fullstate.outbox.shop;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;

import org.springframework.jdbc.core.RowMapper;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A row as the relay reads it. */
public record OutboxRow(
        long seq,
        UUID id,
        String aggregateType,
        String aggregateId,
        String type,
        String payload,
        String source,
        Instant time,
        String dataSchema,
        UUID changeId,
        Long entityVersion,
        String operation,
        UUID republishId,
        String traceParent) {

    private static final JsonMapper JSON = JsonMapper.shared();

    static final RowMapper<OutboxRow> MAPPER = (row, number) -> new OutboxRow(
            row.getLong("seq"),
            row.getObject("id", UUID.class),
            row.getString("aggregatetype"),
            row.getString("aggregateid"),
            row.getString("type"),
            row.getString("payload"),
            row.getString("source"),
            instant(row, "time"),
            row.getString("dataschema"),
            row.getObject("changeid", UUID.class),
            row.getObject("entityversion", Long.class),
            row.getString("operation"),
            row.getObject("republishid", UUID.class),
            row.getString("traceparent"));

    private static Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    public JsonNode data() {
        return JSON.readTree(payload);
    }
}
