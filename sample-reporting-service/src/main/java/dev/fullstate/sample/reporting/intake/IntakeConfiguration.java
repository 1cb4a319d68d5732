package dev.fullstate.sample.reporting.intake;

import org.apache.kafka.clients.admin.Admin;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;

@Configuration(proxyBeanMethods = false)
class IntakeConfiguration {

    /** A client of its own, because Spring's shows no offsets of a group. */
    @Bean
    Admin kafkaClient(KafkaAdmin kafka) {
        return Admin.create(kafka.getConfigurationProperties());
    }
}
