"""What `make install` and `make dist` give, used as by somebody who has no checkout."""
