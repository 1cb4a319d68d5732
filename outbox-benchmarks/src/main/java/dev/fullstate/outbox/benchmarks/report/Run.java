package dev.fullstate.outbox.benchmarks.report;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.management.OperatingSystemMXBean;
import org.jspecify.annotations.Nullable;

/**
 * The facts that all figures of a run share.
 *
 * @param startedAt  to the second
 * @param machine    the machine in words; see {@link #thisMachine()}
 * @param commit     of the project
 * @param versions   of everything that took part, by name; sorted by it
 * @param voidReason why the figures must not be used; null if they may
 */
public record Run(
        Instant startedAt,
        String machine,
        String commit,
        Map<String, String> versions,
        @Nullable String voidReason) {

    private static final Pattern MAJOR_AND_MINOR = Pattern.compile("\\d+(\\.\\d+)?");

    public Run {
        startedAt = startedAt.truncatedTo(ChronoUnit.SECONDS);
        versions = Collections.unmodifiableMap(new TreeMap<>(versions));
    }

    /** {@return cores, memory in GiB and operating system of the machine that asks} */
    public static String thisMachine() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        Matcher version = MAJOR_AND_MINOR.matcher(system.getVersion());
        return "%d cores, %s GiB, %s %s %s"
                .formatted(
                        system.getAvailableProcessors(),
                        Significant.text(system.getTotalMemorySize() / (double) (1 << 30)),
                        system.getName(),
                        version.find() ? version.group() : "",
                        system.getArch());
    }
}
