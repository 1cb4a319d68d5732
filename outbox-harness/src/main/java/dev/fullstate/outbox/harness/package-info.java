/** The patience that all tests of this project share. Sessions of JUnit go in; they come out with a longer wait. */
@NullMarked
package dev.fullstate.outbox.harness;

import org.jspecify.annotations.NullMarked;
