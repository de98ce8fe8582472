// expect: the reason is (here|there)
#error the reason is here
