/** A small domain in the mappings that applications use: what the tests of the starter capture. */
package dev.fullstate.outbox.shop;
