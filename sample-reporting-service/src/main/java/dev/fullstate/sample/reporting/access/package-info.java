/** Who may do what. In come users from the configuration, out goes the filter chain. */
@NullMarked
package dev.fullstate.sample.reporting.access;

import org.jspecify.annotations.NullMarked;
