package dev.fullstate.sample.orders.order;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Objects;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import org.jspecify.annotations.Nullable;

/** Requires each item to have another product, because the product names the item within its order. */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = EachProductOnce.Validator.class)
@interface EachProductOnce {

    String message() default "must name each product once";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** Accepts missing values, which other constraints reject. */
    final class Validator implements ConstraintValidator<EachProductOnce, List<NewOrder.@Nullable Item>> {

        @Override
        public boolean isValid(@Nullable List<NewOrder.@Nullable Item> items, ConstraintValidatorContext context) {
            if (items == null) {
                return true;
            }
            List<String> products = items.stream()
                    .filter(Objects::nonNull)
                    .map(NewOrder.Item::productId)
                    .filter(Objects::nonNull)
                    .toList();
            return products.stream().distinct().count() == products.size();
        }
    }
}
