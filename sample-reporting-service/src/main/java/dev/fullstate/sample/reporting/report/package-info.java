/**
 * The report: one row per order, and its queries. Events go in, in any order and any number of times; the rows that the newest
 * events leave come out.
 */
@NullMarked
package dev.fullstate.sample.reporting.report;

import org.jspecify.annotations.NullMarked;
