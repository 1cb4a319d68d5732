package dev.fullstate.outbox.application;

import javax.sql.DataSource;

import com.arjuna.ats.arjuna.common.arjPropertyManager;
import com.arjuna.ats.internal.arjuna.objectstore.VolatileStore;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.jta.JtaTransactionManager;

import dev.fullstate.outbox.capture.EnlistedDataSource;
import dev.fullstate.outbox.shop.ShopApplication;
import dev.fullstate.outbox.test.PostgresServer;

/** The checks with transactions of JTA. */
class JtaApplicationIT extends ApplicationChecks {

    private static PostgresServer server;
    private static String database;

    @Configuration(proxyBeanMethods = false)
    static class Jta extends Users {

        @Bean
        JtaTransactionManager transactionManager() {
            return new JtaTransactionManager(
                    com.arjuna.ats.jta.UserTransaction.userTransaction(),
                    com.arjuna.ats.jta.TransactionManager.transactionManager());
        }

        @Bean
        DataSource dataSource(JtaTransactionManager jta) {
            return new EnlistedDataSource(server, database, jta.getTransactionManager());
        }
    }

    @Override
    ShopApplication start(PostgresServer postgres, String name) throws Exception {
        server = postgres;
        database = name;
        arjPropertyManager.getCoreEnvironmentBean().setNodeIdentifier("outbox");
        arjPropertyManager.getObjectStoreEnvironmentBean().setObjectStoreType(VolatileStore.class.getName());
        return ShopApplication.startAgainWith(Jta.class, postgres, name, WEB);
    }
}
