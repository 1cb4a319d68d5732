package dev.fullstate.outbox.autoconfigure;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/**
 * The role that creates tables, if the application has given its migrations one of their own ({@code spring.flyway.user}). As
 * with Spring Boot's Flyway, the role belongs to the application's primary {@code DataSource}; other databases have none.
 *
 * @param username of the role; null if the application's own role creates tables
 * @param password of the role
 * @param url of the database for migrations, if it is another one
 * @param primary the data source that the role belongs to
 */
record MigrationCredentials(
        @Nullable String username,
        @Nullable String password,
        @Nullable String url,
        ObjectProvider<DataSource> primary) {

    static MigrationCredentials of(Environment environment, ObjectProvider<DataSource> primary) {
        return new MigrationCredentials(
                environment.getProperty("spring.flyway.user"),
                environment.getProperty("spring.flyway.password"),
                environment.getProperty("spring.flyway.url"),
                primary);
    }

    /** Returns the data source by which the outbox in an application's database is created and migrated. */
    DataSource of(DataSource application) {
        if ((username == null && url == null) || !application.equals(primary.getIfUnique())) {
            return application;
        }
        DataSourceBuilder<SimpleDriverDataSource> migrations = url == null
                ? DataSourceBuilder.derivedFrom(application).type(SimpleDriverDataSource.class)
                : DataSourceBuilder.create().type(SimpleDriverDataSource.class).url(url);
        if (username != null) {
            migrations.username(username).password(password);
        }
        return migrations.build();
    }
}
