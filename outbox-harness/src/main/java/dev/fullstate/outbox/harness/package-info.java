/** What the tests of this project share: how long they wait. Sessions of JUnit come in; they go out with patience. */
@NullMarked
package dev.fullstate.outbox.harness;

import org.jspecify.annotations.NullMarked;
