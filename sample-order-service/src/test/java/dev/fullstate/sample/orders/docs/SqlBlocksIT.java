package dev.fullstate.sample.orders.docs;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import dev.fullstate.outbox.test.PostgresServer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * The SQL of each page, in blocks and in sentences, runs: in its order, on a database that has the outbox and the table of the orders.
 */
class SqlBlocksIT {

    private static final String MIGRATIONS = "classpath*:dev/fullstate/outbox/contract/migration/*.sql";

    /** A statement in a sentence; without a semicolon it may as well be the name of a right. */
    private static final String STATEMENT =
            "(?i)(create|grant|revoke|alter|select|insert|update|delete|drop|truncate) .+;|select .+\\)";

    private static PostgresServer server;

    @BeforeAll
    static void startServer() throws SQLException {
        server = PostgresServer.start();
        try (Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create role app login");
            statement.execute("create role shop login");
            statement.execute("create role migrations login");
        }
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    static List<String> pages() {
        return CodeBlock.pages().stream()
                .filter(page -> !statements(page).isEmpty())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void pageIsRunFromItsTopToItsBottom(String page) throws Exception {
        assumeThat(server.majorVersion())
                .as("the first server with all that the pages show")
                .isGreaterThanOrEqualTo(17);
        String database = page.replaceAll("\\W", "_");
        server.createDatabase(database);
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement()) {
            prepare(statement);
            for (CodeBlock block : statements(page)) {
                for (String sql : block.code().replaceAll("--[^\n]*", "").split(";", -1)) {
                    run(statement, sql.strip(), block);
                }
            }
        }
    }

    private static List<CodeBlock> statements(String page) {
        Stream<CodeBlock> blocks =
                CodeBlock.of(page).stream().filter(block -> block.language().equals("sql"));
        Stream<CodeBlock> spans =
                CodeBlock.spans(page).stream().filter(span -> span.code().matches(STATEMENT));
        return Stream.concat(blocks, spans)
                .sorted(Comparator.comparing(CodeBlock::line))
                .toList();
    }

    private static void prepare(Statement statement) throws IOException, SQLException {
        Resource[] migrations = new PathMatchingResourcePatternResolver().getResources(MIGRATIONS);
        assertThat(migrations).isNotEmpty();
        for (Resource migration : migrations) {
            // As the file says itself: its placeholders stand for names, by default this one.
            statement.execute(migration.getContentAsString(UTF_8).replaceAll("\\$\\{\\w+}", "outbox"));
        }
        statement.execute("create table orders (order_id uuid primary key, status varchar(255))");
        statement.execute("insert into orders values (gen_random_uuid(), 'PLACED')");
    }

    private static void run(Statement statement, String sql, CodeBlock block) throws SQLException {
        if (sql.contains("pg_drop_replication_slot('outbox')")) {
            statement.execute("select pg_create_logical_replication_slot('outbox', 'pgoutput')");
        }
        if (!sql.isEmpty() && !sql.contains("(...)")) {
            try {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new AssertionError(block + " does not run: " + sql, e);
            }
        }
    }
}
