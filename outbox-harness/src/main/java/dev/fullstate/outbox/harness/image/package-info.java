/** The relay's image without Docker. Its Dockerfile and the executable jar go in; a folder with the files and the command of a container come out. */
@NullMarked
package dev.fullstate.outbox.harness.image;

import org.jspecify.annotations.NullMarked;
