package dev.fullstate.outbox.benchmarks.orders.statement;

import javax.sql.DataSource;

import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the counter between the pool and everything that uses it; only where it is asked for, because it costs. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("benchmark.count-statements")
class StatementCounting {

    @Bean
    static StatementCounter statementCounter() {
        return new StatementCounter();
    }

    @Bean
    static BeanPostProcessor countedDataSource(StatementCounter counter) {
        return new BeanPostProcessor() {

            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof DataSource source ? counted(source, counter) : bean;
            }
        };
    }

    private static DataSource counted(DataSource source, StatementCounter counter) {
        return ProxyDataSourceBuilder.create(source)
                .listener(counter)
                .beforeMethod(counter::beforeMethod)
                .build();
    }
}
