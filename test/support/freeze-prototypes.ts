// RELIABILITY L0: with Object.prototype frozen, code that pollutes it throws instead of passing unnoticed.
// Frozen property by property: after Object.freeze itself, V8 stores into typed arrays a hundred times slower.
const descriptors = Object.entries(Object.getOwnPropertyDescriptors(Object.prototype));
Object.preventExtensions(Object.prototype);
for (const [name, descriptor] of descriptors) {
  const fixed = "value" in descriptor ? { writable: false, configurable: false } : { configurable: false };
  Object.defineProperty(Object.prototype, name, fixed);
}
if (!Object.isFrozen(Object.prototype)) throw new Error("Object.prototype is not frozen");
