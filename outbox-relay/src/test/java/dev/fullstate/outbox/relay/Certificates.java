package dev.fullstate.outbox.relay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** A certificate authority, and the certificates that it signs, made by the JDK's keytool. */
final class Certificates {

    static final String PASSWORD = "secret";

    private static final String AUTHORITY = "authority";
    private static final char[] SECRET = PASSWORD.toCharArray();

    private final Path folder;
    private final Path all;

    private Certificates(Path folder) {
        this.folder = folder;
        this.all = folder.resolve("all.p12");
    }

    /** Makes an authority that has signed nothing yet. */
    static Certificates in(Path folder) throws IOException {
        Certificates certificates = new Certificates(folder);
        certificates.keytool(AUTHORITY, "-ext", "bc:c");
        return certificates;
    }

    /**
     * Makes a key pair with a signed certificate.
     *
     * @param name its common name
     * @param hosts for which it is valid as a server's, as keytool writes them; empty if it is a client's
     * @return a key store with it
     */
    Path sign(String name, String hosts) throws IOException {
        List<String> options = new ArrayList<>(List.of("-signer", AUTHORITY));
        if (!hosts.isEmpty()) {
            options.addAll(List.of("-ext", "san=" + hosts));
        }
        keytool(name, options.toArray(String[]::new));
        return store(
                name,
                store ->
                        store.setKeyEntry(name, load().getKey(name, SECRET), SECRET, load().getCertificateChain(name)));
    }

    /** Returns a store that trusts the authority. */
    Path trustStore() throws IOException {
        return store("trusted", store -> store.setCertificateEntry(AUTHORITY, load().getCertificate(AUTHORITY)));
    }

    /** Returns the authority's certificate as PEM. */
    Path authority() throws IOException {
        return certificate(AUTHORITY);
    }

    /** Returns a certificate as PEM. */
    Path certificate(String name) throws IOException {
        try {
            Certificate certificate = load().getCertificate(name);
            return pem(name + ".crt", "CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The certificate of " + name + " could not be read", e);
        }
    }

    /** Returns a private key as PEM. */
    Path key(String name) throws IOException {
        return pem(name + ".key", "PRIVATE KEY", keyOf(name).getEncoded());
    }

    /** Returns a private key in the binary form that PostgreSQL's driver reads. */
    Path binaryKey(String name) throws IOException {
        Path file = Files.write(folder.resolve(name + ".pk8"), keyOf(name).getEncoded());
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private Key keyOf(String name) throws IOException {
        try {
            return load().getKey(name, SECRET);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The key of " + name + " could not be read", e);
        }
    }

    private Path pem(String file, String type, byte[] content) throws IOException {
        String text = "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                .formatted(
                        type, Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content));
        return Files.writeString(folder.resolve(file), text);
    }

    private void keytool(String name, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "2",
                "-keystore",
                all.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD));
        command.addAll(List.of(options));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.onExit().join().exitValue() != 0) {
            throw new IllegalStateException("keytool failed: " + output);
        }
    }

    private interface Filling {

        void fill(KeyStore store) throws GeneralSecurityException, IOException;
    }

    private Path store(String name, Filling filling) throws IOException {
        Path file = folder.resolve(name + ".p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            filling.fill(store);
            store.store(out, SECRET);
            return file;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The key store " + file + " could not be written", e);
        }
    }

    private KeyStore load() throws IOException {
        try (InputStream in = Files.newInputStream(all)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, SECRET);
            return store;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The key store " + all + " could not be read", e);
        }
    }
}
