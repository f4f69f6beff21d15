/** English words of this part; Chinese is the key. */
export default {
  模板: "Template",
};
