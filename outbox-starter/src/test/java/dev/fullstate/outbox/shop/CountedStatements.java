package dev.fullstate.outbox.shop;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.sql.DataSource;

import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Kinds of statements that the thread of a test has sent, in their order, counted between the pool and everything that uses it; a batch is one. */
public final class CountedStatements {

    private final Thread thread = Thread.currentThread();
    private final List<String> sent = new ArrayList<>();

    private CountedStatements() {}

    /** Returns the statements that the work sends, whether they share a request or not. */
    public List<String> of(Runnable work) {
        return requests(work).stream()
                .flatMap(request -> Stream.of(request.split("; ")))
                .filter(statement -> !statement.equals("commit"))
                .toList();
    }

    /** Returns the requests that the work sends, each with one statement or more. */
    public List<String> requests(Runnable work) {
        sent.clear();
        work.run();
        return List.copyOf(sent);
    }

    private void add(List<QueryInfo> queries) {
        if (Thread.currentThread() == thread) {
            sent.add(Stream.of(queries.get(0).getQuery().split("\\s*; "))
                    .map(CountedStatements::kind)
                    .collect(Collectors.joining("; ")));
        }
    }

    private static String kind(String sql) {
        List<String> words = List.of(sql.split("\\s+"));
        String first = words.get(0);
        return switch (first) {
            case "select" ->
                (sql.contains("for no key update") ? "lock " : "select from ") + words.get(words.indexOf("from") + 1);
            case "delete" -> first + " from " + words.get(words.indexOf("from") + 1);
            case "insert" -> "insert into " + words.get(2);
            case "with", "update" ->
                "update " + words.get(words.lastIndexOf("update") + 1)
                        + (words.contains("returning") ? " returning" : "");
            case "commit" -> first;
            default -> first + " " + words.get(1);
        };
    }

    /** Configuration of an application whose statements are counted. */
    @Configuration(proxyBeanMethods = false)
    public static class Counting {

        @Bean
        static CountedStatements statements() {
            return new CountedStatements();
        }

        @Bean
        static BeanPostProcessor countedDataSource(CountedStatements statements) {
            return new BeanPostProcessor() {

                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    return bean instanceof DataSource source
                            ? ProxyDataSourceBuilder.create(source)
                                    .afterQuery((execution, queries) -> statements.add(queries))
                                    .build()
                            : bean;
                }
            };
        }
    }
}
