package dev.fullstate.outbox.harness;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Lets tests wait for an event until it is clear that it will never happen: a busy machine is not a reason to fail. A test sees an event at
 * once.
 */
public final class PatientWaits implements LauncherSessionListener {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Duration INTERVAL = Duration.ofMillis(10);

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(TIMEOUT);
        Awaitility.setDefaultPollInterval(INTERVAL);
        Awaitility.setDefaultPollDelay(Duration.ZERO);
    }
}
