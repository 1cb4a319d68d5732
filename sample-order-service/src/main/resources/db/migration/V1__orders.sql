create table orders (
    order_id         uuid        not null primary key,
    customer_id      text        not null,
    customer_name    text        not null,
    customer_email   text        not null,
    status           text        not null,
    shipping_address text        not null,
    shipping_carrier text,
    last_updated     timestamptz not null,
    version          bigint      not null
);

-- In steps of 50, as Hibernate draws them.
create sequence order_item_seq increment by 50;

create table order_item (
    id         bigint         not null primary key,
    order_id   uuid           not null references orders (order_id),
    product_id text           not null,
    quantity   integer        not null check (quantity > 0),
    price      numeric(12, 2) not null check (price >= 0),
    unique (order_id, product_id)
);

create table order_status_history (
    order_id  uuid        not null references orders (order_id),
    position  integer     not null,
    status    text        not null,
    timestamp timestamptz not null,
    primary key (order_id, position)
);
