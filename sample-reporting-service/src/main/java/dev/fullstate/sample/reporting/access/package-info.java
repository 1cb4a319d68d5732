/** Authentication and authorization. Users from the configuration go in, the filter chain comes out. */
@NullMarked
package dev.fullstate.sample.reporting.access;

import org.jspecify.annotations.NullMarked;
