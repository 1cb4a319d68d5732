package dev.fullstate.outbox.relay.kafka;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Map;

import net.jpountz.lz4.LZ4Factory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Each test has the relay and lz4-java in class loaders of its own, as an executable jar and a servlet container have. */
@ExtendWith(OutputCaptureExtension.class)
class NativeLz4Test {

    private static final Map<String, Object> LZ4 = Map.of("compression.type", "lz4");

    @Test
    void lz4IsNativeInEachClassLoaderOfOneProcess(CapturedOutput output) throws Exception {
        for (int i = 0; i < 2; i++) {
            try (Application application = new Application()) {
                assertThat(application.isLz4Native()).isFalse();
                assertThat(application.loadFor(LZ4)).isTrue();
                assertThat(application.isLz4Native()).isTrue();
            }
        }
        assertThat(output).doesNotContain("lz4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "zstd"})
    void nothingIsLoadedForAnotherCompression(String compression) throws Exception {
        try (Application application = new Application()) {
            assertThat(application.loadFor(Map.of("compression.type", compression)))
                    .isFalse();
            assertThat(application.isLz4Native()).isFalse();
        }
    }

    @Test
    void lz4IsInJavaWhereThePlatformHasNoLibrary(CapturedOutput output) throws Exception {
        try (Application application = new Application() {
            @Override
            public @Nullable InputStream getResourceAsStream(String name) {
                return null;
            }
        }) {
            requireJava(application, output, "Unsupported OS/arch");
        }
    }

    @Test
    void lz4IsInJavaWhereTheLibraryCannotBeLoaded(CapturedOutput output) throws Exception {
        try (Application application = new Application() {
            @Override
            public InputStream getResourceAsStream(String name) {
                return new ByteArrayInputStream(new byte[] {1});
            }
        }) {
            requireJava(application, output, "UnsatisfiedLinkError");
        }
    }

    @Test
    void relayGoesOnWithoutTheClassesOfLz4(CapturedOutput output) throws Exception {
        try (Application application = new Application() {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                if (name.startsWith("net.jpountz.")) {
                    throw new ClassNotFoundException(name);
                }
                return super.loadClass(name, resolve);
            }
        }) {
            assertThat(application.loadFor(LZ4)).isFalse();
            assertThat(output).containsOnlyOnce("NoClassDefFoundError");
        }
    }

    /** The reason is logged once, however often the relay connects. */
    private static void requireJava(Application application, CapturedOutput output, String reason) throws Exception {
        assertThat(application.loadFor(LZ4)).isFalse();
        assertThat(application.loadFor(LZ4)).isFalse();
        assertThat(application.isLz4Native()).isFalse();
        assertThat(output)
                .containsOnlyOnce("Events are compressed in Java")
                .contains(reason)
                .doesNotContain("WARN")
                .doesNotContain("ERROR");
    }

    /** Loads the relay's package and lz4-java itself, and has all other classes from the test's class loader. */
    private static class Application extends URLClassLoader {

        Application() {
            super(
                    new URL[] {location(NativeLz4.class), location(LZ4Factory.class)},
                    Application.class.getClassLoader());
        }

        private static URL location(Class<?> type) {
            return type.getProtectionDomain().getCodeSource().getLocation();
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("net.jpountz.") && !name.startsWith(NativeLz4.class.getPackageName())) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? findClass(name) : loaded;
            }
        }

        boolean loadFor(Map<String, Object> producer) throws ReflectiveOperationException {
            Method loadFor = loadClass(NativeLz4.class.getName()).getDeclaredMethod("loadFor", Map.class);
            loadFor.setAccessible(true);
            return (boolean) loadFor.invoke(null, producer);
        }

        /** Asks lz4-java as Kafka's clients do. */
        boolean isLz4Native() throws ReflectiveOperationException {
            return loadClass(LZ4Factory.class.getName())
                    .getMethod("fastestInstance")
                    .invoke(null)
                    .toString()
                    .equals("LZ4Factory:JNI");
        }
    }
}
