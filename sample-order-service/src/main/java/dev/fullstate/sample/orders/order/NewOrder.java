package dev.fullstate.sample.orders.order;

import java.math.BigDecimal;
import java.util.List;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;

/** Request for a new order; its attributes are not null once it is validated. */
record NewOrder(
        @NotNull @Valid Customer customer,
        @NotEmpty @EachProductOnce List<@NotNull @Valid Item> items,
        @NotBlank String shippingAddress) {

    record Item(
            @NotBlank String productId,
            @NotNull @Positive Integer quantity,

            @NotNull @PositiveOrZero @Digits(integer = 10, fraction = OrderItem.SCALE)
            BigDecimal price) {}
}
