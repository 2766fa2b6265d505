// RELIABILITY L0: with Object.prototype frozen, code that pollutes it throws instead of passing unnoticed.
Object.freeze(Object.prototype);
