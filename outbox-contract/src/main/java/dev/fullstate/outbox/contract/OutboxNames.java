package dev.fullstate.outbox.contract;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Names of one outbox: its schema, its table and its publication. The names of all other objects of an outbox begin with the
 * table's, so that several outboxes may be in one database, and in one schema.
 *
 * <p>Statements are written with the default names in braces, {@code select * from {outbox_relay}}, and rendered by
 * {@link #sql(String)}.
 *
 * @param schema of all tables; null for the first schema of the session's {@code search_path}
 * @param table the outbox table
 * @param publication through which the relay receives inserts; unlike tables, publications belong to the database
 */
public record OutboxNames(@Nullable String schema, String table, String publication) {

    // PostgreSQL truncates longer names, and the longest of our names adds 21 characters to the table's.
    private static final int MAX_TABLE_LENGTH = 40;
    private static final int MAX_LENGTH = 63;

    /** The rule of {@link #canBeTable}, in words. */
    public static final String TABLE_NAME =
            "lower-case letters, digits and underscores, not beginning with a digit, " + MAX_TABLE_LENGTH + " at most";

    /** The rule of {@link #canBeName}, in words. */
    public static final String NAME = "1 to " + MAX_LENGTH + " bytes long, without quotes and dollar signs";

    private static final Pattern TABLE = Pattern.compile("[a-z_][a-z0-9_]{0," + (MAX_TABLE_LENGTH - 1) + "}");
    private static final Pattern NOT_IN_NAMES = Pattern.compile("[\\p{Cntrl}'\"$\\\\]");
    private static final Pattern SIMPLE = Pattern.compile("[a-z_][a-z0-9_]*");
    private static final Pattern NAME_IN_BRACES = Pattern.compile("\\{outbox(\\w*)}");

    /** The default name of the table. */
    public static final String DEFAULT_TABLE = "outbox";

    /** The default names. */
    public static final OutboxNames DEFAULT = of(null, DEFAULT_TABLE);

    public OutboxNames {
        if (!canBeTable(table)) {
            throw new IllegalArgumentException(
                    "'" + table + "' cannot be the name of an outbox table; it has to be " + TABLE_NAME);
        }
        if (schema != null) {
            requireName("schema", schema);
        }
        requireName("publication", publication);
    }

    /** {@return names with the publication that follows from the others} */
    public static OutboxNames of(@Nullable String schema, String table) {
        return new OutboxNames(schema, table, publication(schema, table));
    }

    /** {@return the publication that follows from the other names: the table's, after the schema's if one is chosen} */
    public static String publication(@Nullable String schema, String table) {
        return schema == null ? table : schema + "_" + table;
    }

    /** {@return whether an outbox table can have this name} */
    public static boolean canBeTable(String name) {
        return TABLE.matcher(name).matches();
    }

    /** {@return whether a schema or a publication can have this name} */
    public static boolean canBeName(String name) {
        return !name.isBlank()
                && name.getBytes(StandardCharsets.UTF_8).length <= MAX_LENGTH
                && !NOT_IN_NAMES.matcher(name).find();
    }

    private static void requireName(String what, String name) {
        if (!canBeName(name)) {
            throw new IllegalArgumentException(
                    "'" + name + "' cannot be the name of a " + what + "; it has to be " + NAME);
        }
    }

    /** {@return the same names in another schema} */
    public OutboxNames in(String otherSchema) {
        return new OutboxNames(otherSchema, table, publication);
    }

    /** {@return a statement with each table as SQL names it: quoted, and with its schema if that is known} */
    public String sql(String statement) {
        return NAME_IN_BRACES
                .matcher(statement)
                .replaceAll(name -> Matcher.quoteReplacement(qualified(table + name.group(1))));
    }

    /** {@return a sentence, or a statement to be read, with each table as people name it} */
    public String text(String sentence) {
        String prefix = (schema == null ? "" : readable(schema) + ".") + table;
        return NAME_IN_BRACES.matcher(sentence).replaceAll(name -> Matcher.quoteReplacement(prefix + name.group(1)));
    }

    /** {@return one of the outbox's tables as SQL names it} */
    public String qualified(String name) {
        return (schema == null ? "" : quoted(schema) + ".") + quoted(name);
    }

    /** {@return the name of the leaf that holds the rows of a bucket, without the schema} */
    public String leaf(int bucket) {
        if (bucket < 0 || bucket >= OutboxTable.LEAF_COUNT) {
            throw new IllegalArgumentException(
                    "Bucket " + bucket + " is not one of the ring's " + OutboxTable.LEAF_COUNT);
        }
        return table + (bucket < 10 ? "_0" : "_") + bucket;
    }

    /** {@return the name of the migrations' own history table, apart from the application's, without the schema} */
    public String migrationHistory() {
        return table + "_schema_history";
    }

    /** {@return an identifier as people write it: in quotes only if its characters require them} */
    public static String readable(String identifier) {
        return SIMPLE.matcher(identifier).matches() ? identifier : quoted(identifier);
    }

    /** {@return an identifier as SQL reads it, in quotes, whatever its characters} */
    public static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
