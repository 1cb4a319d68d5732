package dev.fullstate.outbox.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The way to run a program without being root, as PostgreSQL demands: unchanged, in a user namespace of its own, or, where a
 * container forbids that, as the user nobody.
 *
 * @param prefix of the command line, before the program
 * @param owner  the user id that must own the files of the program, or {@link #CALLER}
 */
record OrdinaryUser(List<String> prefix, int owner) {

    private static final int CALLER = -1;
    private static final int ROOT = 0;
    private static final int NOBODY = 65534;

    private static final OrdinaryUser THE_CALLER = new OrdinaryUser(List.of(), CALLER);
    private static final OrdinaryUser IN_NAMESPACE = new OrdinaryUser(List.of("unshare", "-U"), CALLER);
    private static final OrdinaryUser AS_NOBODY =
            new OrdinaryUser(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"), NOBODY);

    /** {@return the way that works for the owner of the file, which is this process's user} */
    static OrdinaryUser insteadOfOwnerOf(Path file) {
        if (owner(file) != ROOT) {
            return THE_CALLER;
        }
        return List.of(IN_NAMESPACE, AS_NOBODY).stream()
                .filter(OrdinaryUser::works)
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException("PostgreSQL does not run as root, and neither \"unshare -U\" nor"
                                + " \"setpriv\" (both util-linux) works here. Run as an ordinary user"));
    }

    /** Gives the file to the user that the programs run as. */
    void own(Path file) throws IOException {
        if (owner != CALLER) {
            Files.setAttribute(file, "unix:uid", owner);
        }
    }

    private boolean works() {
        // initdb looks up the user's name, so an id without a name does not work.
        String probe = String.join(" ", prefix) + " id -un";
        return FinishedProcess.run(List.of("sh", "-c", probe)).succeeded();
    }

    private static int owner(Path file) {
        try {
            return (Integer) Files.getAttribute(file, "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException("Could not read the owner of " + file, e);
        }
    }
}
