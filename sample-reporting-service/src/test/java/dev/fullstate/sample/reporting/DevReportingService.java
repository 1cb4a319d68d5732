package dev.fullstate.sample.reporting;

import java.io.IOException;

import org.springframework.boot.SpringApplication;

/** Dev mode: the service as the order service's dev mode starts it, and no longer alive than that one. */
final class DevReportingService {

    private DevReportingService() {}

    public static void main(String[] args) {
        Thread watch = new Thread(DevReportingService::endWithStandardInput, "standard input");
        watch.setDaemon(true);
        watch.start();
        SpringApplication.from(ReportingServiceApplication::main)
                .withAdditionalProfiles("dev")
                .run(args);
    }

    /** The process that started this one holds the other end. When that closes, database and broker are gone too, so it exits at once. */
    private static void endWithStandardInput() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is expected but the end.
            }
        } catch (IOException e) {
            System.err.println("Standard input cannot be read any more: " + e);
        }
        Runtime.getRuntime().halt(0);
    }
}
